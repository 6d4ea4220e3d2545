/** The report of `--reporter html`, as a browser shows it from disk. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RunResult } from '../../src/run/record.ts';
import { built, start } from '../kit/built.ts';
import type { Built } from '../kit/built.ts';
import { hasChromium, lookAt, namelessControls } from '../kit/page.ts';

const words = ['auth-407-connect', 'pac-myip-multihomed', 'tls-untrusted-ca'];

describe.skipIf(!hasChromium)('the report', { timeout: 120_000 }, () => {
  let program: Built;
  let folder = '';
  let file = '';
  const at = (hash = ''): string => `${pathToFileURL(file).href}${hash}`;

  beforeAll(async () => {
    program = await built();
    folder = await mkdtemp(join(tmpdir(), 'paclab-'));
    file = join(folder, 'report.html');
    const ended = await start(program, ['run', ...words, '--reporter', `html:${file},dot`]);
    expect(ended.err).toBe('');
  }, 120_000);

  afterAll(async () => {
    await program[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test('opens from disk, asks for nothing, and shows every run and the story of the first', async () => {
    await using looked = await lookAt(at());
    const { page, complaints, asked } = looked;
    await page.waitForSelector('svg .step');
    expect(await page.locator('#runs a').count()).toBe(6);
    expect(await page.locator('h1').textContent()).toContain('auth-407-connect [schemes=negotiate+ntlm]');
    expect(await page.locator('svg').textContent()).toContain('CONNECT tenant.msappproxy.net:443');
    expect(await page.locator('svg a.bad').allTextContents()).toContainEqual(expect.stringContaining('407'));
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([at()]);
  });

  test('lets nothing run but its own script and style', async () => {
    const html = await readFile(file, 'utf8');
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'; script-src 'sha256-");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    await using looked = await lookAt(at());
    await looked.page.evaluate(
      "document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/x.png' }))",
    );
    await expect.poll(() => looked.complaints.join()).toContain('Content Security Policy');
  });

  test('evidence leads to its event, which opens and has the focus', async () => {
    await using looked = await lookAt(at('#0'));
    const { page } = looked;
    await page.locator('.finding .evidence a').first().click();
    await expect.poll(() => page.evaluate('document.activeElement.parentElement.id')).toMatch(/^e\d+$/);
    expect(await page.locator('details.event[open] pre').textContent()).toContain('tenant.msappproxy.net');
  });

  test('the filter of events wants some words and refuses others', async () => {
    await using looked = await lookAt(at('#0/events'));
    const { page } = looked;
    await page.waitForSelector('.event');
    const all = await page.locator('.event').count();
    await page.getByLabel('Filter').fill('proxy.* !challenged');
    const types = await page.locator('.event .type').allTextContents();
    expect(types).toEqual(['proxy.request', 'proxy.response']);
    expect(all).toBeGreaterThan(types.length);
  });

  test('runs, tabs and events are reached by keys alone', async () => {
    await using looked = await lookAt(at('#0'));
    const { page } = looked;
    await page.waitForSelector('svg .step');
    await page.getByLabel('Runs', { exact: true }).nth(1).focus();
    await page.keyboard.type('myip chromium');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h1').textContent()).toContain('pac-myip-multihomed [profile=chromium]');
    await page.getByRole('tab', { name: 'Story' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Script');
    expect(await page.locator('tr.hit').count()).toBe(2);
    await page.getByRole('tab', { name: /^Events/ }).click();
    await page.locator('.event summary').first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await page.locator('.event[open] .seq').allTextContents()).toEqual(['#2']);
  });

  test('the certificate that the client saw stands beside what the destination sent', async () => {
    await using looked = await lookAt(at('#4/tls'));
    const { page } = looked;
    await page.waitForSelector('.tls');
    expect(await page.locator('.tls .card').first().textContent()).toContain('CN=inspection-ca');
    expect(await page.locator('.tls').first().textContent()).toContain('proxy:edge opens this TLS');
    const [chain = ''] = await page.locator('.tls ol.chain').allTextContents();
    expect(chain).toMatch(/^SubjectCN=.*IssuerCN=inspection-ca.*Names.*Valid2026-\d\d-\d\d to .*KeyEC P-256$/);
  });

  test('each certificate of a chain is shown as it was sent, those of clients too', async () => {
    const chain = join(folder, 'chain.yaml');
    await writeFile(
      chain,
      `version: 1
id: chain
name: A host whose certificate comes with its intermediate
lab:
  dns: { records: { www.example: { A: 203.0.113.10 } } }
  hosts:
    www.example:
      https:
        certificate: { authority: public-ca, intermediate: true }
        clientCertificate: required
        paths: { /: { status: 200 } }
clients: { tool: { profile: curl, certificates: [connector] } }
steps: [{ fetch: { url: https://www.example/, client: tool }, expect: { status: 200 } }]
`,
    );
    const html = join(folder, 'chain.html');
    await start(program, ['run', chain, '--reporter', `html:${html},dot`]);
    await using looked = await lookAt(`${pathToFileURL(html).href}#0/tls`);
    const { page } = looked;
    await page.waitForSelector('ol.chain');
    const lists = await page.locator('ol.chain').all();
    const subjects = await Promise.all(lists.map((list) => list.locator('dd:first-of-type').allTextContents()));
    const sent = ['CN=www.example, O=paclab', 'CN=public-ca intermediate, O=paclab'];
    expect(subjects).toEqual([sent, ['CN=connector, O=paclab'], sent, ['CN=connector, O=paclab']]);
  });

  test('the lines that ran are marked, the one that decided, and what helpers gave', async () => {
    await using looked = await lookAt(at('#2/script'));
    const { page } = looked;
    await page.waitForSelector('tr.decided');
    expect(await page.locator('tr.hit .code').allTextContents()).toEqual([
      expect.stringContaining('if (isInNet(myIpAddress()'),
      '  return "DIRECT";',
    ]);
    expect(await page.locator('tr.hit').first().textContent()).toContain('myIpAddress() → 192.168.178.20');
    expect(await page.locator('tr.decided').textContent()).toMatch(/▸ decided #\d+: DIRECT/);
  });

  test('the capture of a run is a pcapng file, its events are a trace', async () => {
    await using looked = await lookAt(at('#0'));
    const { page } = looked;
    const saved = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return readFile(await download.path());
    };
    expect((await saved('Capture')).readUInt32BE(0)).toBe(0x0a0d0d0a);
    const events = (await saved('Events')).toString().trim().split('\n');
    expect(JSON.parse(events[0] ?? '')).toMatchObject({ seq: 1, type: 'lab.started' });
  });

  test('every control has a name, in every view', async () => {
    await using looked = await lookAt(at('#0'));
    const { page } = looked;
    for (const tab of ['story', 'events', 'script', 'tls', 'settings']) {
      await page.goto(at(`#2/${tab}`));
      await page.waitForSelector(`#tab-${tab}[aria-selected=true]`);
      expect(await namelessControls(page), tab).toEqual([]);
    }
  });

  test('show tells what the page holds, and opens nothing where nobody sits', async () => {
    const { code, out } = await start(program, ['show', file]);
    expect(code).toBe(0);
    expect(out).toContain('6 passed');
    expect(out).toContain(at());
    const { out: text } = await start(program, ['show', file, '--json']);
    expect((JSON.parse(text) as RunResult).runs[0]?.findings[0]?.id).toBe('auth-407-connect');
    expect((await start(program, ['show', 'package.json'])).code).toBe(2);
  });

  test('600 runs stay below 10 MB and open as fast as one', async () => {
    const blob = join(folder, 'blob.ndjson');
    await start(program, ['run', ...words, '--reporter', `blob:${blob}`, '--capture', join(folder, 'captures')]);
    const [heading = '', ...lines] = (await readFile(blob, 'utf8')).trimEnd().split('\n');
    const runs = lines.slice(0, -1);
    const many = [heading, ...Array.from({ length: 100 }, () => runs).flat(), lines.at(-1), ''].join('\n');
    await writeFile(blob, many);
    const large = join(folder, 'large.html');
    await start(program, ['merge', blob, '--reporter', `html:${large},dot`]);
    expect((await stat(large)).size).toBeLessThan(10_000_000);
    await using looked = await lookAt(pathToFileURL(large).href);
    const { page } = looked;
    await page.waitForSelector('svg .step');
    expect(await page.locator('#runs a').count()).toBe(600);
    // What makes it fast: of all runs one is unpacked, and one is in the page besides the list.
    await page.addInitScript(
      'globalThis.unpacked = 0; const { DecompressionStream: Own } = globalThis; globalThis.DecompressionStream = class extends Own { constructor(kind) { super(kind); globalThis.unpacked += 1; } };',
    );
    await page.reload();
    await page.waitForSelector('svg .step');
    expect(await page.evaluate('globalThis.unpacked')).toBe(1);
    const elements = "document.querySelectorAll('body *:not(script)').length";
    expect(await page.evaluate(elements)).toBeLessThan(600 * 5 + 2000);
  });
});
