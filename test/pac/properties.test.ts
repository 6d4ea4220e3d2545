import { describe, expect, it } from 'vitest';
import { decodeBody, loadPac, parseList, profiles } from '../../src/pac/index.ts';
import { fc } from '../kit/properties.ts';

const route = /^(?:DIRECT|(?:PROXY|HTTPS|SOCKS4|SOCKS5) (?:<no-host>|[^\s;]+:\d{1,5})|<unknown [^\s]*>)$/;
const words = fc.constantFrom(
  'PROXY',
  'proxy',
  'HTTPS',
  'SOCKS',
  'SOCKS5',
  'DIRECT',
  'HTTP',
  ' ',
  '\t',
  ';',
  ':',
  '80',
  'a',
  'b.test',
  '[::1]',
  '@',
  '%',
  '\n',
  '\0',
  'é',
  ',',
  '/',
  '"',
);
const texts = fc.oneof(
  fc.string(),
  fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
);

describe('the list parser', () => {
  it('makes routes of one shape from any text, in every profile', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...profiles), (text, profile) => {
        for (const each of parseList(text, profile)) expect(each).toMatch(route);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what it wrote', () => {
    const entry = fc.tuple(
      fc.constantFrom('PROXY', 'HTTPS', 'SOCKS5'),
      fc.constantFrom('a.test', 'b', '10.0.0.1', '[2001:db8::1]'),
      fc.integer({ min: 1, max: 65535 }),
    );
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), fc.constantFrom('chromium', 'node'), (entries, name) => {
        const profile = profiles.find((each) => each.name === name);
        const list = entries.map(([type, host, port]) => `${type} ${host}:${port}`);
        if (profile) expect(parseList(list.join('; '), profile)).toEqual(list);
      }),
    );
  });
});

describe('body decoding', () => {
  it('takes any bytes with any content type, and says why when it refuses', () => {
    const type = fc.option(
      fc.oneof(
        fc.string(),
        fc.constantFrom('text/html; charset=utf-16', 'application/x-ns-proxy-autoconfig;charset="x"'),
      ),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        type,
        fc.constantFrom(...profiles),
        (bytes, contentType, profile) => {
          const body = decodeBody(bytes, contentType, profile);
          expect(body.text === null ? body.rejected.length : body.text.length).toBeGreaterThanOrEqual(0);
          expect(body.text === null).toBe(body.rejected !== null);
        },
      ),
    );
  });

  it('keeps ASCII as it is everywhere', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), fc.constantFrom(...profiles), (text, profile) => {
        expect(decodeBody(new TextEncoder().encode(text), 'application/x-ns-proxy-autoconfig', profile).text).toBe(
          text,
        );
      }),
    );
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const quad = fc.tuple(octet, octet, octet, octet);
const number = ([a, b, c, d]: number[]): number =>
  (((a ?? 0) << 24) | ((b ?? 0) << 16) | ((c ?? 0) << 8) | (d ?? 0)) >>> 0;

describe('helpers', () => {
  it('isInNet compares the masked bits', async () => {
    using pac = await loadPac('function FindProxyForURL(url, host) { return "DIRECT"; }');
    await fc.assert(
      fc.asyncProperty(quad, quad, quad, async (address, net, mask) => {
        const got = await pac.evaluate(`isInNet("${address.join('.')}", "${net.join('.')}", "${mask.join('.')}")`);
        const same = (number(address) & number(mask)) === (number(net) & number(mask));
        expect(got).toMatchObject({ value: same });
      }),
      { numRuns: 200 },
    );
  });

  it('shExpMatch is the regular expression it stands for, whatever way it is computed', async () => {
    using pac = await loadPac('function FindProxyForURL(url, host) { return "DIRECT"; }');
    const piece = fc.constantFrom('*', '?', 'a', 'b', '.', 'ab', '-', 'http://', '\n', '(a|b)', '[ab]', '**');
    const text = fc.array(fc.constantFrom('a', 'b', '.', 'ab', '-', 'http://', '\n', '*'), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), text, async (pieces, parts) => {
        const pattern = pieces.join('');
        const source = `^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`;
        const got = await pac.evaluate(`shExpMatch(${JSON.stringify(parts.join(''))}, ${JSON.stringify(pattern)})`);
        let expected: unknown;
        try {
          expected = { value: new RegExp(source).test(parts.join('')) };
        } catch {
          expected = { error: { name: 'SyntaxError' } };
        }
        expect(got).toMatchObject(expected as object);
      }),
      { numRuns: 500 },
    );
  });
});
