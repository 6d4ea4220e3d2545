/** Firefox, headless, over Marionette; what it did comes from observers of its own channels. */
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { LabError } from '../../failure.ts';
import type { Asked, Browser, Launch, ProxySettings, Visited } from '../browser.ts';
import { pause, within } from '../limit.ts';
import { marionette } from '../marionette.ts';
import type { Marionette } from '../marionette.ts';
import { importCertificate } from '../own-certificate.ts';
import type { Running } from '../program.ts';
import { askScript, loadedPage, loadPage, watchChannels } from '../firefox-page.ts';
import { quietPreferences } from '../firefox-preferences.ts';

export const firefox: Browser = {
  name: 'firefox',
  summary: 'Firefox, headless.',
  profile: 'firefox',
  programs: ['firefox-esr', 'firefox'],
  async start(program, launch) {
    const { machine, settings } = launch;
    const profile = join(machine.folder, 'profile');
    await mkdir(profile, { recursive: true });
    await importCertificate(profile, launch);
    const preferences = { ...quietPreferences, ...proxyPreferences(settings) };
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`,
    );
    await writeFile(join(profile, 'user.js'), lines.join(''));
    const command = ['--headless', '--no-remote', '--marionette', '-remote-allow-system-access', '--profile', profile];
    const running = machine.start([
      'env',
      'MOZ_CRASHREPORTER_DISABLE=1',
      'MOZ_REMOTE_SETTINGS_DEVTOOLS=1',
      program,
      ...command,
      'about:blank',
    ]);
    try {
      const port = await within(60_000, 'the start of Firefox', portOf(running, join(profile, 'MarionetteActivePort')));
      const control = await marionette(machine, port);
      await control.chrome(watchChannels, launch.trust, launch.credentials);
      return runningFirefox(running, control, launch);
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  },
};

function runningFirefox(running: Running, control: Marionette, launch: Launch) {
  const visits: Visited[] = [];
  const drop = async (): Promise<void> => {
    await control[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
  };
  return {
    async visit(url: string, limit: number) {
      const began = launch.now();
      await control.chrome(loadPage, url, limit);
      const seen = await within(limit + 10_000, `the visit of ${url}`, seenBy(control));
      visits.push({ url, began, ended: launch.now(), ...seen });
    },
    async ask(urls: readonly string[]) {
      const answers: Asked[] = [];
      for (let at = 0; at < urls.length; at += atOnce)
        answers.push(...((await control.chrome(askScript, urls.slice(at, at + atOnce))) as Asked[]));
      await this.close();
      return answers;
    },
    async close() {
      await Promise.race([
        control.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => undefined),
        pause(3000),
      ]);
      await Promise.race([running.ended, pause(5000)]);
      await drop();
      return visits;
    },
    [Symbol.asyncDispose]: drop,
  };
}

type Seen = Omit<Visited, 'url' | 'began' | 'ended'>;

/** Milliseconds: the first look, and the longest wait for the next one. Each look costs the browser some work. */
const glance = 50;
const longestGlance = 1000;
const atOnce = 100;

async function seenBy(control: Marionette): Promise<Seen> {
  for (let wait = glance; ; wait = Math.min(wait * 1.25, longestGlance)) {
    const result = (await control.chrome(loadedPage)) as Seen | { broken: string } | null;
    if (result && 'broken' in result) throw new LabError(`in the browser: ${result.broken}`);
    if (result) return result;
    await pause(wait);
  }
}

/** Type 4 is discovery, 2 a script, 1 by hand, 0 none. */
function proxyPreferences({ autoDetect, scriptUrl, proxy, bypass }: ProxySettings): Record<string, string | number> {
  if (autoDetect) return { 'network.proxy.type': 4, 'network.proxy.no_proxies_on': bypass };
  if (scriptUrl !== null)
    return {
      'network.proxy.type': 2,
      'network.proxy.autoconfig_url': scriptUrl,
      'network.proxy.no_proxies_on': bypass,
    };
  if (proxy === '') return { 'network.proxy.type': 0 };
  return { 'network.proxy.type': 1, 'network.proxy.no_proxies_on': bypass, ...byHand(proxy) };
}

/** Windows's names of schemes, and those of Firefox's preferences. */
const preferenceOf: Readonly<Record<string, string>> = { http: 'http', https: 'ssl', socks: 'socks' };

/** One proxy for both, or one a scheme: what has none leaves directly. */
function byHand(setting: string): Record<string, string | number> {
  const proxies = setting.includes('=') ? setting.split(/[;\s]+/) : [`http=${setting}`, `https=${setting}`];
  return Object.fromEntries(
    proxies.flatMap((entry) => {
      const [, scheme = '', host = '', port = '80'] = /^(\w+)=(?:\w+:\/\/)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const kind = preferenceOf[scheme.toLowerCase()];
      if (kind === undefined) return [];
      return [
        [`network.proxy.${kind}`, host],
        [`network.proxy.${kind}_port`, Number(port)],
      ];
    }),
  );
}

async function portOf(running: Running, file: string): Promise<number> {
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  for (;;) {
    const port = Number(await readFile(file, 'utf8').catch(() => ''));
    if (port > 0) return port;
    if (ended) throw new LabError(`Firefox has ended: ${running.said()}`);
    await pause(50);
  }
}
