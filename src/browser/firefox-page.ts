/** Texts that run inside Firefox, with its own privileges: bodies of async functions, see marionette.ts. */

/**
 * Trusts the authorities, and notes of every channel of a page which proxy it takes: each try of a list is a channel of
 * its own, with its own `proxyInfo`.
 */
export const watchChannels = `
  const [trust, credentials] = args;
  const db = Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB);
  for (const pem of trust) db.addCertFromBase64(pem.replace(/-----[A-Z ]+-----|\\s/g, ''), 'CT,,');
  const lab = (window.paclab = { tries: [], status: null, prompted: false, list: null });
  const route = (info) => {
    if (!info || info.type === 'direct') return 'DIRECT';
    const kind = { http: 'PROXY', https: 'HTTPS', socks4: 'SOCKS4', socks: 'SOCKS5' }[info.type] ?? info.type;
    const host = info.host.includes(':') ? '[' + info.host + ']' : info.host;
    return info.host === '' ? kind + ' <no-host>' : kind + ' ' + host + ':' + info.port;
  };
  lab.route = route;
  const isPage = (channel) => channel.loadInfo.externalContentPolicyType === Ci.nsIContentPolicy.TYPE_DOCUMENT;
  const seen = (subject, topic) => {
    const channel = subject.QueryInterface(Ci.nsIHttpChannel);
    if (!isPage(channel)) return;
    if (topic !== 'http-on-modify-request' && lab.url === undefined) return;
    if (topic === 'http-on-before-connect' || topic === 'http-on-modify-request') {
      const info = channel.QueryInterface(Ci.nsIProxiedChannel).proxyInfo;
      const now = route(info);
      if (lab.list === null) {
        lab.list = [];
        for (let each = info; each; each = each.failoverProxy) lab.list.push(route(each));
        if (lab.list.length === 0) lab.list.push('DIRECT');
      }
      if (!lab.tries.some((each) => each.route === now)) lab.tries.push({ route: now, failure: null });
    } else {
      // What a redirect leads to is another request.
      try { if (channel.URI.specIgnoringRef === lab.spec) lab.status = channel.responseStatus; } catch {}
    }
  };
  for (const topic of ['http-on-before-connect', 'http-on-examine-response', 'http-on-examine-cached-response'])
    Services.obs.addObserver({ observe: seen }, topic);
  // A prompt for a password holds the load until somebody answers it.
  Services.obs.addObserver({ observe(dialog) {
    const win = dialog.QueryInterface ? dialog : dialog.window;
    lab.prompted = true;
    const timer = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
    timer.setTimeout(() => {
      const element = win.document.getElementById('commonDialog');
      if (credentials && !lab.answered) {
        lab.answered = true;
        win.document.getElementById('loginTextbox').value = credentials.user;
        win.document.getElementById('password1Textbox').value = credentials.password;
        element.acceptDialog();
      } else {
        lab.cancelled = true;
        element.cancelDialog();
      }
    }, 100);
  } }, 'common-dialog-loaded');
`;

/** The engine's word for a result, or its number. */
const nameOf = `
  const known = { 0x804b005a: 'NS_ERROR_PARSING_HTTP_STATUS_LINE' };
  const nameOf = (result) =>
    new Components.Exception('', result).name || known[result >>> 0] || '0x' + (result >>> 0).toString(16);
`;

/** Loads a page and waits for its end, a prompt that nobody can answer, or the limit. */
export const loadPage = `${nameOf}
  const [url, limit] = args;
  const lab = window.paclab;
  lab.result = null;
  (async () => {
  const timer = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
  const browser = gBrowser.selectedBrowser;
  Object.assign(lab, { tries: [], status: null, prompted: false, answered: false, cancelled: false, list: null, url, spec: Services.io.newURI(url).specIgnoringRef });
  const before = browser.innerWindowID;
  const how = await new Promise((resolve) => {
    const listener = {
      onStateChange(of, progress, request, flags, status) {
        const { STATE_STOP, STATE_IS_NETWORK } = Ci.nsIWebProgressListener;
        if (of !== browser || !progress.isTopLevel || !(flags & STATE_STOP) || !(flags & STATE_IS_NETWORK)) return;
        const name = request instanceof Ci.nsIChannel ? request.originalURI.spec : '';
        if (name === 'about:blank') return;
        gBrowser.removeTabsProgressListener(listener);
        resolve({ status });
      },
    };
    gBrowser.addTabsProgressListener(listener);
    timer.setTimeout(() => resolve({ waiting: true }), limit);
    browser.loadURI(Services.io.newURI(url), { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
  });
  let error = null;
  if (how.waiting) {
    error = 'still waiting';
    browser.stop();
  } else {
    for (let i = 0; i < 80; i++) {
      const shown = browser.documentURI && browser.documentURI.spec;
      const page = /^about:(neterror|certerror)\\?e=([^&]*)/.exec(shown || '');
      // Some failures have no page of their own: what was shown stays, be it another failure's.
      if (page && browser.innerWindowID !== before) { error = page[2]; break; }
      if (how.status === 0 && i > 2) break;
      await new Promise((go) => timer.setTimeout(go, 25));
    }
    if (error === null && how.status !== 0) error = nameOf(how.status);
  }
  if (lab.cancelled || (lab.prompted && !lab.answered)) error = 'prompt';
  const { tries, list, status } = lab;
  const last = tries.length - 1;
  return {
    routes: list, status: error === null || error === 'prompt' ? status : null, error,
    tries: tries.map((each, index) => index < last ? { ...each, failure: 'fell over' } : each),
  };
  })().then((result) => { lab.result = result; }, (error) => { lab.result = { broken: String(error) }; });
`;

/** What became of it: null while it goes on. */
export const loadedPage = `return window.paclab.result;`;

/** Has the proxy service resolve each URL; what the script alerts comes to the console. */
export const askScript = `
  const [urls] = args;
  const service = Cc['@mozilla.org/network/protocol-proxy-service;1'].getService(Ci.nsIProtocolProxyService);
  const { NetUtil } = ChromeUtils.importESModule('resource://gre/modules/NetUtil.sys.mjs');
  const timer = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
  const heard = [];
  const listener = {
    observe(message) { heard.push(String(message.message)); },
    QueryInterface: ChromeUtils.generateQI(['nsIConsoleListener']),
  };
  Services['console'].registerListener(listener);
  const ask = (url) => new Promise((resolve) => {
    timer.setTimeout(() => resolve(null), 10000);
    const channel = NetUtil.newChannel({ uri: url, loadUsingSystemPrincipal: true });
    service.asyncResolve(channel, 0, {
      QueryInterface: ChromeUtils.generateQI(['nsIProtocolProxyCallback']),
      onProxyAvailable(request, of, info) {
        const list = [];
        for (let each = info; each; each = each.failoverProxy) list.push(window.paclab.route(each));
        resolve(list.length === 0 ? ['DIRECT'] : list);
      },
    });
  });
  const answers = [];
  for (const url of urls) {
    const before = heard.length;
    let routes = null;
    try { routes = await ask(url); } catch {}
    // Messages are on their way from another thread.
    await new Promise((go) => timer.setTimeout(go, 1));
    await new Promise((go) => Services.tm.dispatchToMainThread(go));
    const alerts = heard.slice(before).filter((text) => text.startsWith('PAC-alert: ')).map((text) => text.slice(11));
    answers.push({ url, routes, alerts });
  }
  Services['console'].unregisterListener(listener);
  return answers;
`;
