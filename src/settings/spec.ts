/** `clients.*.settings` of a scenario: files to import, and the same values spelled out. What is spelled out wins. */
import { z } from 'zod';

const proxyElement = z.strictObject({
  proxyaddress: z.string().optional().describe('an absolute URI; System.Net accepts the scheme http only'),
  bypassonlocal: z.boolean().optional().describe("direct for names without a dot or in the machine's own DNS domain"),
  usesystemdefault: z.boolean().optional().describe("take the account's static proxy and bypass list"),
  autoDetect: z
    .boolean()
    .optional()
    .describe('WPAD; switched off by proxyaddress, bypassonlocal or a bypasslist beside it'),
  scriptLocation: z.string().optional().describe('address of a proxy script; switched off likewise'),
});

const defaultProxy = z
  .strictObject({
    enabled: z.boolean().optional().describe('false: no web proxy at all'),
    useDefaultCredentials: z
      .boolean()
      .optional()
      .describe('the account answers proxies with NTLM; a 401 to the download of a script is not answered here'),
    proxy: proxyElement.optional(),
    bypasslist: z
      .array(z.string())
      .optional()
      .describe('regular expressions of .NET, matched with scheme://host[:port]'),
    module: z.string().optional().describe('type name of a proxy module; not simulated'),
  })
  .describe('`<system.net><defaultProxy>` of the program; sections of two files never merge');
export type DefaultProxySpec = z.output<typeof defaultProxy>;

const system = z
  .strictObject({
    autoDetect: z
      .boolean()
      .optional()
      .describe('"Automatically detect settings"; on unless said otherwise, as in Windows'),
    scriptUrl: z.string().optional().describe('address of a proxy script'),
    proxy: z.string().optional().describe('`proxy:8080`, or by scheme: `http=a:8080;https=b:8443`'),
    bypass: z.string().optional().describe('`*.corp.example;<local>`'),
    unreadable: z.boolean().optional().describe('asking Windows for these settings fails'),
  })
  .describe('WinINET settings');
export type SystemSpec = z.output<typeof system>;

const netsh = z.strictObject({
  proxy: z.string().optional(),
  bypass: z.string().optional(),
  scriptUrl: z.string().optional(),
  autoDetect: z.boolean().optional(),
});

const registry = z.strictObject({
  UseDefaultProxyForBackendRequests: z
    .union([z.int(), z.string()])
    .optional()
    .describe('a number is a DWORD, a text is a string value'),
});

const policy = z.strictObject({
  proxySettingsPerUser: z.boolean().optional().describe('false: WinINET settings are per machine'),
  pending: z
    .strictObject({ proxySettingsPerUser: z.boolean() })
    .optional()
    .describe('set in group policy and not yet on this machine: `gpupdate /force` or a reboot brings it'),
  disableWpad: z.boolean().optional().describe('true: discovery by WinHTTP is switched off'),
  disableProxyAuthenticationSchemes: z
    .int()
    .nonnegative()
    .optional()
    .describe('a mask of schemes that WinHTTP leaves alone: Basic 1, Digest 2, NTLM 4, Kerberos 8, Negotiate 16'),
  autoProxyService: z.boolean().optional().describe('false: the service WinHttpAutoProxySvc is disabled'),
});

const browser = z.strictObject({
  mode: z.enum(['system', 'direct', 'auto-detect', 'script', 'manual']).default('system'),
  scriptUrl: z.string().optional(),
  proxy: z.string().optional(),
  bypass: z.string().optional(),
  mandatory: z
    .boolean()
    .optional()
    .describe('no request without the script, as Chromium’s policy ProxyPacMandatory has it; with mode script only'),
});

const products = ['azure-ad-app-proxy', 'entra-private-network'] as const;
export type Product = (typeof products)[number];

export const settingsSpec = z.strictObject({
  import: z
    .array(z.string())
    .default([])
    .describe('files as a customer sends them: .exe.config, machine.config, .reg, output of netsh winhttp, of set'),
  product: z.enum(products).optional().describe("whose file names and registry key the program's build uses"),
  defaultProxy: defaultProxy.optional(),
  machineConfig: z.strictObject({ defaultProxy: defaultProxy.optional() }).optional(),
  system: system.optional().describe('WinINET settings of the account that the client runs as'),
  accounts: z.record(z.string(), system).default({}).describe('WinINET settings of accounts, by name'),
  perMachine: system.optional().describe('WinINET settings of the machine; count when policy says so'),
  netsh: netsh.optional().describe('`netsh winhttp`'),
  registry: registry.optional(),
  policy: policy.optional(),
  windows: z
    .enum(['before-10'])
    .optional()
    .describe('an older Windows, whose WinHTTP uses no script at a fixed address; the present one unless given'),
  environment: z
    .record(z.string(), z.string())
    .default({})
    .describe('environment variables, `HTTPS_PROXY` and the like'),
  browser: browser.optional().describe("a browser's own settings"),
});
export type SettingsSpec = z.output<typeof settingsSpec>;

/** The files that the settings refer to, as written. */
export const settingsFiles = (spec: SettingsSpec): readonly string[] => spec.import;
