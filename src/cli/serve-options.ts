/** The options of commands that serve a lab, and what must not be served by mistake. */
import { Option } from 'commander';
import type { Command as Definition } from 'commander';

import { familyOf, isAddress, splitHostPort } from '../net/address.ts';
import { inRange } from '../range.ts';
import type { PublishOptions } from '../publish/publish.ts';
import { gather, listOption, textOption } from './command.ts';
import type { Options } from './command.ts';
import type { ServeWish } from './serve.ts';
import { misused } from './usage.ts';

const addressings = ['one', 'each', 'story'] as const;
const portPolicies = ['usual', 'high', 'free'] as const;
/** A machine's word for all its addresses. */
const anywhere = new Set(['0.0.0.0', '::']);
const usualControl = { host: '127.0.0.1', port: 7400 };

export const serveOptions = (definition: Definition): Definition =>
  definition
    .option('--row <n|name=value>', 'which row of the matrix (default: the first)')
    .option(
      '--bind <address>',
      'serve at this address, IPv4 or IPv6; one of each may be given (default: the loopback)',
      gather,
    )
    .option('--network-is-mine', 'needed for ports 53 and 80 at an address that others can reach')
    .option('--announce <address>', 'what DNS tells clients, when they reach the lab under another address', gather)
    .addOption(
      new Option(
        '--addresses <how>',
        'all hosts at one address, each at one of 127.0.0.0/8 (default on the loopback of Linux), or as in the story',
      ).choices(addressings),
    )
    .addOption(
      new Option('--ports <which>', 'as in the story where permitted, none below 1024, or any free').choices(
        portPolicies,
      ),
    )
    .option('--rewrite', 'proxy scripts name real addresses, for clients that cannot ask the DNS of the lab')
    .option('--no-rewrite', 'they never do (default: when a proxy has another port than in the story)')
    .option(
      '--allow-upstream <host[:port]>',
      'a real place that proxies may lead to, with *; none unless given',
      gather,
    )
    .option('--as <client>', 'take programs for this client of the scenario (default: they appear as themselves)')
    .option(
      '--control <address:port>',
      `where the control server listens (default: ${usualControl.host}:${usualControl.port})`,
    )
    .option('--control-host <name>', 'a further name under which it may be addressed', gather)
    .option('--no-capture', 'keep no bytes: less memory, no captures');

/** Throws InputError for what cannot be, or must be said twice. */
export function serveWishOf(options: Options, platform: string): ServeWish {
  const wanted = addressesIn(options, 'bind', '--bind');
  const bind = wanted.length > 0 ? wanted : ['127.0.0.1'];
  const announce = addressesIn(options, 'announce', '--announce');
  const wantedPorts = portPolicies.find((each) => each === options['ports']);
  const addressing = addressingOf(options, bind, platform);
  const ports = wantedPorts ?? 'usual';
  refuseMistakes({ bind, announce, addressing, ports }, options);
  return {
    bind,
    announce,
    addressing,
    ports,
    rewrite: options['rewrite'] === true ? 'always' : options['rewrite'] === false ? 'never' : 'needed',
    control: controlPlace(options),
    controlHosts: listOption(options, 'controlHost').map((name) => name.toLowerCase()),
    allowUpstream: listOption(options, 'allowUpstream'),
    as: textOption(options, 'as'),
    bytes: options['capture'] !== false,
  };
}

export const isLoopback = (address: string): boolean => address === '::1' || inRange('127.0.0.0/8', address);

function addressingOf(options: Options, bind: readonly string[], platform: string): PublishOptions['addressing'] {
  const wanted = addressings.find((each) => each === options['addresses']);
  if (wanted === 'each' && !bind.every(isLoopback)) throw misused('--addresses each is for the loopback');
  // Other systems have 127.0.0.1 alone unless told otherwise.
  return wanted ?? (options['bind'] === undefined && platform === 'linux' ? 'each' : 'one');
}

function refuseMistakes(
  {
    bind,
    announce,
    addressing,
    ports,
  }: Pick<ServeWish, 'bind' | 'addressing' | 'ports'> & { announce: readonly string[] },
  options: Options,
): void {
  const any = bind.find((each) => anywhere.has(each) && !announce.some((told) => familyOf(told) === familyOf(each)));
  if (any !== undefined)
    throw misused(
      `clients cannot be told to go to ${any}`,
      'say with --announce under which address they reach this machine',
    );
  const reachable = addressing === 'story' || !bind.every(isLoopback);
  if (!reachable || ports !== 'usual' || options['networkIsMine'] === true) return;
  throw misused(
    `ports 53 and 80 at ${addressing === 'story' ? 'addresses of this network' : bind.join(' and ')} answer others for DNS and WPAD`,
    'add --network-is-mine if it is, or --ports high',
  );
}

/** Clients are told one address of each version. */
function addressesIn(options: Options, name: string, flag: string): string[] {
  const texts = listOption(options, name).map((text) => text.replace(/^\[(.*)\]$/, '$1'));
  for (const text of texts) if (!isAddress(text)) throw misused(`${flag} takes an address, got '${text}'`);
  const twice = texts.find((text, index) => texts.findIndex((each) => familyOf(each) === familyOf(text)) !== index);
  if (twice !== undefined)
    throw misused(`${flag} ${twice} is the second of its version`, 'DNS tells clients one address of each');
  return texts;
}

function controlPlace(options: Options): ServeWish['control'] {
  const text = textOption(options, 'control');
  if (text === undefined) return { ...usualControl, insist: false };
  if (text === '0') return { host: usualControl.host, port: 0, insist: true };
  const place = splitHostPort(/^\d+$/.test(text) ? `${usualControl.host}:${text}` : text);
  const host = place?.host === 'localhost' ? '127.0.0.1' : place?.host;
  if (!place || host === undefined || !isAddress(host))
    throw misused(`--control takes an address and a port, got '${text}'`);
  return { host, port: place.port ?? usualControl.port, insist: true };
}
