/** The dashboard of a lab that serves real programs; the control server shows it to those who have the token. */
import { written } from './document.ts';
import { pageScript } from './link.ts';

/** A file of a page, as the control server sends it. */
export interface Page {
  type: string;
  body: string;
  headers: Readonly<Record<string, string>>;
}

/** What stands at a path. Throws LabError where pages are not built. */
export function dashboard(): (path: string) => Page | undefined {
  const script = pageScript('web/page/dashboard');
  const { html, policy } = written({ title: 'paclab', script, body: markup, connect: "'self'" });
  const page: Page = {
    type: 'text/html; charset=utf-8',
    body: html,
    headers: {
      // A page in a frame could be clicked by somebody who sees something else.
      'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
  };
  return (path) => (path === '/' ? page : undefined);
}

const captures = (['pcapng', 'har', 'ndjson'] as const)
  .map((format) => `<a class="button" href="/v1/capture?format=${format}" download>${format}</a>`)
  .join('\n');

const markup = `<a class="skip" href="#story">Skip to the story</a>
<header class="banner"><span id="scenario">paclab</span><span>Clock of the lab: <time id="clock"></time></span><span id="connection" class="quiet" role="status">connecting</span></header>
<p id="said" class="unseen" aria-live="polite"></p>
<div class="columns">
<aside aria-label="Switches and doors">
<h2>Switches</h2>
<div id="switches"></div>
<h2>Doors</h2>
<div id="doors"></div>
</aside>
<main tabindex="-1">
<h1 class="unseen">The lab as it runs</h1>
<p class="buttons"><button type="button" id="diagnose">Diagnose now</button>
<button type="button" id="reset">Reset to the scenario</button>
<span>Capture: ${captures}</span></p>
<h2>Findings</h2>
<div id="findings"><p class="quiet">Nothing was found.</p></div>
<p class="quiet" id="unseen-note">By what the lab saw and sent. What only a program itself knows (its settings, what its script said) is inferred, or not found.</p>
<div id="views"></div>
</main>
</div>`;
