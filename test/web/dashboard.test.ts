/** The page that `up` serves, in a browser, beside real requests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { built } from '../kit/built.ts';
import type { Built } from '../kit/built.ts';
import { hasChromium, lookAt, namelessControls } from '../kit/page.ts';
import { curl } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

interface Up extends AsyncDisposable {
  control: { url: string; token: string };
  proxy: string;
  /** Where the script is, if the lab has one. */
  script: string;
}

const url = 'https://tenant.msappproxy.net/bootstrap';

describe.skipIf(!hasChromium)('the dashboard', { timeout: 120_000 }, () => {
  let program: Built;
  beforeAll(async () => {
    program = await built();
  }, 120_000);
  afterAll(async () => {
    await program[Symbol.asyncDispose]();
  });

  /** A lab for one test, on ports of its own. */
  async function up(scenario = 'auth-407-connect'): Promise<Up> {
    const words = ['up', scenario, '--control', '0', '--ports', 'free', '--json'];
    const child = spawn(process.execPath, [program.main, ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { control, doors } = JSON.parse(line) as {
      control: Up['control'];
      doors: { what: string; name: string; real: { host: string; port: number } }[];
    };
    const door = doors.find(({ what }) => what === 'proxy');
    const wpad = doors.find(({ name }) => name === 'wpad.corp.example');
    return {
      control,
      proxy: `http://${door?.real.host}:${door?.real.port}`,
      script: `http://${wpad?.real.host}:${wpad?.real.port}/wpad.dat`,
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      },
    };
  }

  const at = ({ control }: Up): string => `${control.url}/?token=${control.token}`;
  const story = (page: Page): Promise<string | null> => page.locator('#views').textContent();

  test('draws a request while it happens, and says what is wrong with it, aloud too', async () => {
    await using lab = await up();
    await using looked = await lookAt(at(lab));
    const { page } = looked;
    await expect.poll(() => page.locator('#connection').textContent()).toBe('connected');
    expect(await story(page)).not.toContain('CONNECT');
    await curl('-k', '-x', lab.proxy, url);
    await expect.poll(() => story(page)).toContain('CONNECT tenant.msappproxy.net:443');
    await expect.poll(() => story(page)).toContain('407 Proxy Authentication Required');
    await expect.poll(() => page.locator('#findings').textContent(), { timeout: 5000 }).toContain('auth-407-connect');
    await expect.poll(() => page.locator('[aria-live=polite]').textContent()).toContain('Diagnosis: The proxy demands');
    await page.locator('#findings .evidence a').first().click();
    await expect.poll(() => page.locator('details.event[open] pre').count()).toBe(1);
  });

  test('a switch changes how a part behaves, and reset takes it back', async () => {
    await using lab = await up();
    await using looked = await lookAt(at(lab));
    const { page } = looked;
    const proxy = page.getByLabel('proxy edge');
    await expect.poll(() => proxy.inputValue()).toBe('challenge');
    expect((await curl('-k', '-x', lab.proxy, url)).err).toContain('407');
    await proxy.selectOption('deny');
    await expect.poll(() => page.locator('#switches').textContent()).toContain('proxy edge (changed)');
    expect((await curl('-k', '-x', lab.proxy, url)).err).toContain('403');
    await page.getByRole('button', { name: 'Reset to the scenario' }).click();
    await expect.poll(() => proxy.inputValue()).toBe('challenge');
    expect((await curl('-k', '-x', lab.proxy, url)).err).toContain('407');
    await proxy.selectOption('');
    await expect.poll(() => page.locator('#switches').textContent()).toContain('proxy edge (changed)');
    expect((await curl('-k', '-x', lab.proxy, url)).err).not.toMatch(/40[37]/);
  });

  test('options that are wrong are said to be so, beside the switch', async () => {
    await using lab = await up();
    await using looked = await lookAt(at(lab));
    const { page } = looked;
    await page.getByLabel('proxy edge').selectOption('respond');
    await page.getByLabel('Options of respond', { exact: true }).fill('{"kind":"respond","status":7}');
    await page.getByRole('button', { name: 'Apply Options of respond' }).click();
    await expect.poll(() => page.locator('#switches .problem').first().textContent()).toContain('status');
    await page.getByLabel('Options of respond', { exact: true }).fill('{"kind":"respond","status":503}');
    await page.getByRole('button', { name: 'Apply Options of respond' }).click();
    await expect.poll(async () => (await curl('-k', '-x', lab.proxy, url)).err).toContain('503');
  });

  test('asks its own server only, complains of nothing, and a strict policy holds', async () => {
    await using lab = await up();
    const [, cookie = ''] =
      /^(paclab=[^;]*)/.exec((await fetch(at(lab), { redirect: 'manual' })).headers.get('set-cookie') ?? '') ?? [];
    const answer = await fetch(lab.control.url, { headers: { cookie } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "script-src 'sha256-"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect((await fetch(lab.control.url)).status).toBe(401);
    await using looked = await lookAt(at(lab));
    const { page } = looked;
    await curl('-k', '-x', lab.proxy, url);
    for (const tab of ['Events', 'Script', 'TLS', 'Settings of clients', 'Story']) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe(tab);
      expect(await namelessControls(page), tab).toEqual([]);
    }
    expect(looked.asked.filter((each) => !each.startsWith(`${lab.control.url}/`) && !each.startsWith('data:'))).toEqual(
      [],
    );
    expect(looked.complaints).toEqual([]);
    expect(page.url()).not.toContain(lab.control.token);
  });

  test('a link of a capture brings a file', async () => {
    await using lab = await up();
    await using looked = await lookAt(at(lab));
    await curl('-k', '-x', lab.proxy, url);
    const [download] = await Promise.all([
      looked.page.waitForEvent('download'),
      looked.page.getByRole('link', { name: 'pcapng' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('auth-407-connect.pcapng');
  });

  test('shows the script that a program has read, with the lines that were hit and the values of its calls', async () => {
    await using lab = await up('pac-myip-multihomed');
    await using looked = await lookAt(`${at(lab)}#script`);
    const { page } = looked;
    await expect.poll(() => story(page)).toContain('No client has read a proxy script');
    await curl('-H', 'Host: wpad.corp.example', lab.script);
    await curl('-k', '-x', lab.proxy, url);
    await expect.poll(() => page.locator('tr.hit').first().textContent(), { timeout: 10_000 }).toContain('isInNet(');
    expect(await page.locator('tr.hit .code').allTextContents()).toEqual([
      expect.stringContaining('if (isInNet(myIpAddress()'),
      expect.stringContaining('return "DIRECT"'),
    ]);
    expect(await page.locator('tr.decided').textContent()).toMatch(/▸ decided #\d+: DIRECT/);
    expect(await page.locator('.source tbody tr:not(.hit)').count()).toBeGreaterThan(1);
    expect(await namelessControls(page)).toEqual([]);
  });

  test('what has the focus keeps it while more happens', async () => {
    await using lab = await up();
    await using looked = await lookAt(at(lab));
    const { page } = looked;
    await curl('-k', '-x', lab.proxy, url);
    await page.locator('svg .step').first().focus();
    const focused = (): Promise<unknown> => page.evaluate("document.activeElement.getAttribute('href')");
    const first = await focused();
    expect(first).toMatch(/^#events\/\d+$/);
    const steps = await page.locator('svg .step').count();
    await curl('-k', '-x', lab.proxy, url);
    await expect.poll(() => page.locator('svg .step').count()).toBeGreaterThan(steps);
    expect(await focused()).toBe(first);
  });
});
