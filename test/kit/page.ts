/** A real Chromium that looks at our pages, and hears whatever goes wrong in them. Tests that need it skip where there is none. */
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

export const hasChromium = existsSync(executablePath);
if (!hasChromium)
  process.stderr.write(
    `SKIPPED: the pages are not looked at, since there is no ${executablePath} (Debian: chromium)\n`,
  );

export interface Looked extends AsyncDisposable {
  page: Page;
  /** Errors and warnings of the console, and exceptions. */
  complaints: string[];
  /** Addresses that the page asked for. */
  asked: string[];
}

export async function lookAt(url: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Looked> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  return { page, complaints, asked, [Symbol.asyncDispose]: () => browser.close() };
}

/** Controls that a screen reader could not name; in the words of the page. */
export const namelessControls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    // Runs in the browser; the tests are compiled without its types.
    interface Element {
      outerHTML: string;
      textContent: string;
      labels?: { length: number };
      getAttribute: (name: string) => string | null;
    }
    const { document } = globalThis as unknown as {
      document: { querySelectorAll: (selector: string) => Iterable<Element> };
    };
    return [
      ...document.querySelectorAll(
        'a, button, input, select, textarea, summary, [role=region], [role=tabpanel], nav, aside',
      ),
    ]
      .filter(
        (element) =>
          (element.getAttribute('aria-label') ?? '') === '' &&
          (element.getAttribute('aria-labelledby') ?? '') === '' &&
          (element.labels?.length ?? 0) === 0 &&
          (element.textContent.trim() === '' || /^<(?:input|select|textarea)/.test(element.outerHTML)),
      )
      .map((element) => element.outerHTML.slice(0, 200));
  });
