/** Chromium, headless, over DevTools; what it did comes from its own net log, which is whole when it has ended. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Browser, Launch, ProxySettings } from '../browser.ts';
import { pause, within } from '../limit.ts';
import { readNetLog } from '../net-log.ts';
import { importCertificate } from '../own-certificate.ts';
import { devTools } from '../pipe.ts';
import type { DevTools, Message } from '../pipe.ts';
import type { Running } from '../program.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--metrics-recording-only',
  '--no-pings',
  // What would be asked of Google is asked of nobody.
  '--gaia-url=https://localhost:1/',
  '--component-updater=url-source=https://localhost:1/',
  '--apps-gallery-update-url=https://localhost:1/',
  '--disable-extensions',
  // Each of these would send a request elsewhere than where it was told to.
  '--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks',
  '--net-log-capture-mode=IncludeSensitive',
  '--remote-debugging-pipe',
];

export const chromium: Browser = {
  name: 'chromium',
  summary: 'Chromium or Chrome, headless.',
  profile: 'chromium',
  programs: ['chromium', 'chromium-browser', 'google-chrome'],
  async start(program, launch) {
    const { machine, env, settings } = launch;
    const log = join(machine.folder, 'net-log.json');
    await writePolicy(launch);
    await importCertificate(join(machine.folder, '.pki', 'nssdb'), launch);
    await mkdir(join(machine.folder, 'config'), { recursive: true });
    const command = [program, ...flags, `--user-data-dir=${machine.folder}/profile`, `--log-net-log=${log}`];
    const set = [
      'env',
      ...withoutProxies(env),
      `XDG_CONFIG_HOME=${machine.folder}/config`,
      ...accountProxies(settings),
    ];
    const running = machine.start([...set, ...command, ...proxyFlags(settings), 'about:blank'], 2);
    const tools = devTools(running);
    const visits: { url: string; began: number; ended: number; status: number | null; error: string | null }[] = [];
    try {
      await within(20_000, 'the start of Chromium', tools.send('Browser.getVersion'));
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return {
      async visit(url, limit) {
        const began = launch.now();
        const seen = await visit(tools, url, limit, launch.credentials);
        visits.push({ url, began, ended: launch.now(), ...seen });
      },
      async ask(urls) {
        await fetchAll(tools, urls);
        await quit(tools, running);
        return [...(await readNetLog(log)).asked];
      },
      async close() {
        await quit(tools, running);
        const told = await readNetLog(log);
        return visits.map((each, index) => {
          const earlier = visits.slice(0, index).filter(({ url }) => url === each.url).length;
          return { ...each, ...told.visit(each.url, earlier) };
        });
      },
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  },
};

async function quit(tools: DevTools, running: Running): Promise<void> {
  await Promise.race([tools.send('Browser.close').catch(() => undefined), pause(3000)]);
  await Promise.race([running.ended, pause(8000)]);
  await running[Symbol.asyncDispose]();
}

const atOnce = 40;
/** Milliseconds for a request whose outcome nobody cares for. */
const enough = 10_000;

/** Requests of a page without an origin; each needs a proxy, whatever becomes of it. */
async function fetchAll(tools: DevTools, urls: readonly string[]): Promise<void> {
  const { targetId } = await tools.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await tools.send('Target.attachToTarget', { targetId, flatten: true });
  for (let at = 0; at < urls.length; at += atOnce) {
    const batch = JSON.stringify(urls.slice(at, at + atOnce));
    const expression = `Promise.allSettled(${batch}.map((url) =>
      fetch(url, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(${enough}) }))).then(() => 1)`;
    await tools.send('Runtime.evaluate', { expression, awaitPromise: true }, String(sessionId));
  }
}

/** Authorities and what no switch says; read where the distribution's build looks for policies. */
async function writePolicy({ machine, trust, settings }: Launch): Promise<void> {
  const certificates = trust.map((pem) => pem.replace(/-----[A-Z ]+-----|\s/g, ''));
  const mandatory = settings.mandatory && settings.scriptUrl !== null;
  const proxy = mandatory && {
    ProxySettings: { ProxyMode: 'pac_script', ProxyPacUrl: settings.scriptUrl, ProxyPacMandatory: true },
  };
  // What it would ask of others by itself, and connections to places that may be wanted next.
  const quiet = {
    AutoSelectCertificateForUrls: ['{"pattern":"https://*","filter":{}}'],
    BrowserNetworkTimeQueriesEnabled: false,
    BrowserSignin: 0,
    ComponentUpdatesEnabled: false,
    MetricsReportingEnabled: false,
    NetworkPredictionOptions: 2,
    SafeBrowsingProtectionLevel: 0,
  };
  const policy = { CACertificates: certificates, ...quiet, ...proxy };
  await writeFile(join(machine.folder, 'etc/chromium/policies/managed/lab.json'), JSON.stringify(policy));
}

function proxyFlags(settings: ProxySettings): string[] {
  const { autoDetect, scriptUrl, proxy, bypass } = settings;
  if (autoDetect) return ['--proxy-auto-detect'];
  if (scriptUrl !== null) return [`--proxy-pac-url=${scriptUrl}`];
  if (proxy === '') return ['--no-proxy-server'];
  if (accountProxies(settings).length > 0) return [];
  return [`--proxy-server=${proxy}`, ...(bypass === '' ? [] : [`--proxy-bypass-list=${bypass}`])];
}

/**
 * A switch cannot name a user at the proxy (measured: ERR_NO_SUPPORTED_PROXIES); the account can, which without a
 * desktop is the environment.
 */
const accountProxies = ({ own, proxy, scriptUrl, autoDetect }: ProxySettings): string[] =>
  !own && !autoDetect && scriptUrl === null && proxy.includes('@')
    ? ['http_proxy', 'https_proxy'].map((name) => `${name}=${proxy}`)
    : [];

/** Chromium on Linux reads them when no switch says otherwise. */
const withoutProxies = (env: Launch['env']): string[] =>
  Object.keys(env)
    .filter((name) => /^(https?|ftp|all|no|auto)_proxy$/i.test(name))
    .flatMap((name) => ['-u', name]);

type Response = { status: number; protocol?: string };

type Seen = { status: number | null; error: string | null };

async function visit(tools: DevTools, url: string, limit: number, credentials: Launch['credentials']): Promise<Seen> {
  // A tab that is shown draws its throbber for as long as it waits, a twelfth of a processor.
  const { targetId } = await tools.send('Target.createTarget', { url: 'about:blank', hidden: true });
  const { sessionId } = await tools.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  let status: number | null = null;
  tools.listen((message: Message) => {
    if (message.sessionId !== session) return;
    const params = (message.params ?? {}) as {
      requestId?: string;
      type?: string;
      response?: Response;
      redirectResponse?: Response;
      authChallenge?: unknown;
    };
    // The answer to this URL; what a redirect leads to is another request.
    const got = params.redirectResponse ?? (message.method === 'Network.responseReceived' && params.response);
    // What has no status line is no answer of HTTP/1.1, whatever is made of it.
    if (got && params.type === 'Document') status ??= got.protocol === 'http/0.9' ? null : got.status;
    if (message.method === 'Fetch.authRequired')
      void tools.send(
        'Fetch.continueWithAuth',
        { requestId: params.requestId, authChallengeResponse: answer() },
        session,
      );
    if (message.method === 'Fetch.requestPaused')
      void tools.send('Fetch.continueRequest', { requestId: params.requestId }, session);
  });
  let asked = 0;
  const answer = (): object => {
    asked += 1;
    if (!credentials || asked > 1) return { response: 'CancelAuth' };
    return { response: 'ProvideCredentials', username: credentials.user, password: credentials.password };
  };
  await tools.send('Network.enable', {}, session);
  if (credentials) await tools.send('Fetch.enable', { handleAuthRequests: true }, session);
  const loaded = tools.send('Page.navigate', { url }, session);
  const done = await Promise.race([loaded, pause(limit)]);
  const text = done?.['errorText'];
  if (done) await tools.send('Target.closeTarget', { targetId });
  const error = typeof text === 'string' && text !== '' ? text.replace(/^net::/, '') : null;
  if (!done) return { status, error: 'still waiting' };
  return isAnswer(status, error) ? { status, error: null } : { status, error };
}

/** A page that cannot be shown because it is a file to be saved, or an error without a text of its own. */
const isAnswer = (status: number | null, error: string | null): boolean =>
  status !== null && (error === 'ERR_ABORTED' || (error === 'ERR_HTTP_RESPONSE_CODE_FAILURE' && status !== 407));
