/** The options of commands that serve a lab, and what must not be served by mistake. */
import { Option } from 'commander';
import type { Command as Definition } from 'commander';

import { isAddress, splitHostPort } from '../net/address.ts';
import { inRange } from '../range.ts';
import type { PublishOptions } from '../publish/publish.ts';
import { gather, listOption, textOption } from './command.ts';
import type { Options } from './command.ts';
import type { ServeWish } from './serve.ts';
import { misused } from './usage.ts';

const addressings = ['one', 'each', 'story'] as const;
const portPolicies = ['usual', 'high', 'free'] as const;
const usualControl = { host: '127.0.0.1', port: 7400 };

export const serveOptions = (definition: Definition): Definition =>
  definition
    .option('--row <n|name=value>', 'which row of the matrix (default: the first)')
    .option('--bind <address>', 'serve at this address (default: the loopback)')
    .option('--network-is-mine', 'needed for ports 53 and 80 at an address that others can reach')
    .option('--announce <address>', 'what DNS tells clients, when they reach the lab under another address')
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
  const bind = addressIn(options, 'bind', '--bind') ?? '127.0.0.1';
  const announce = addressIn(options, 'announce', '--announce');
  const wantedPorts = portPolicies.find((each) => each === options['ports']);
  const addressing = addressingOf(options, bind, platform);
  const ports = wantedPorts ?? 'usual';
  refuseMistakes({ bind, announce, addressing, ports }, options);
  return {
    bind,
    ...(announce !== undefined && { announce }),
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

function addressingOf(options: Options, bind: string, platform: string): PublishOptions['addressing'] {
  const wanted = addressings.find((each) => each === options['addresses']);
  if (wanted === 'each' && !isLoopback(bind)) throw misused('--addresses each is for the loopback');
  // Other systems have 127.0.0.1 alone unless told otherwise.
  return wanted ?? (options['bind'] === undefined && platform === 'linux' ? 'each' : 'one');
}

function refuseMistakes(
  {
    bind,
    announce,
    addressing,
    ports,
  }: Pick<ServeWish, 'bind' | 'addressing' | 'ports'> & { announce: string | undefined },
  options: Options,
): void {
  const any = bind === '0.0.0.0';
  if (any && announce === undefined)
    throw misused(
      `clients cannot be told to go to ${bind}`,
      'say with --announce under which address they reach this machine',
    );
  const reachable = addressing === 'story' || !isLoopback(bind);
  if (!reachable || ports !== 'usual' || options['networkIsMine'] === true) return;
  throw misused(
    `ports 53 and 80 at ${addressing === 'story' ? 'addresses of this network' : bind} answer others for DNS and WPAD`,
    'add --network-is-mine if it is, or --ports high',
  );
}

function addressIn(options: Options, name: string, flag: string): string | undefined {
  const text = textOption(options, name);
  if (text !== undefined && (!isAddress(text) || text.includes(':')))
    throw misused(`${flag} takes an IPv4 address, got '${text}'`);
  return text;
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
