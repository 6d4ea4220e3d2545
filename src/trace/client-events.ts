/** What clients tell: their settings, how they look for a script, what it said, and what they tried. */
import type { ClientError, Download, SettingOrigin } from './values.ts';

export interface ClientEvents {
  // DHCP. In the lab it is read as a value, no packet is sent, and `simulated` says so.
  'dhcp.answer': {
    client: string;
    /** Its name; in a capture, its hardware address. */
    adapter: string;
    server: string;
    option252: string | null;
    /** Options 6 and 15, as a capture shows them. */
    dns?: string[];
    suffix?: string | null;
    simulated?: true;
  };
  'dhcp.timeout': { client: string; afterMs: number; simulated?: true };

  // The client.
  'client.started': { client: string; profile: string; address: string; identity: string | null };
  'client.network': { client: string; address: string; suffix: string | null; dns: string };
  'client.setting': {
    client: string;
    name: string;
    value: string;
    layer: string;
    origin: SettingOrigin | null;
    note: string | null;
    /** How sure we are of what the value does; and what makes it void, null when it counts. */
    mark: 'documented' | 'source' | 'inferred';
    overriddenBy: string | null;
  };
  /** `basis`: how well it is known that the program does this. */
  'settings.edited': {
    client: string;
    what: 'new' | 'gone';
    name: string;
    value: string;
    layer: string;
    origin: SettingOrigin | null;
  };
  'client.phase': { client: string; phase: string; basis: 'documented' | 'source' | 'inferred'; says: string };
  'client.phase-finished': { client: string; phase: string; ok: boolean; says: string };
  /** What the machine shows of a program's version, and what the service offers; null when it could not say. */
  'client.version': { client: string; installed: string; offered: string | null };
  /** An entry of the program's event log. */
  'client.logged': { client: string; id: number; text: string };
  /** The user's side of a published application: no packet, the way to the service is not part of the lab. */
  'user.request': { client: string; url: string; simulated: true };
  'user.answered': {
    client: string;
    url: string;
    /** The service's own page in the application's place; null when the application answered. */
    page: 'gateway-timeout' | 'bad-gateway' | 'forbidden' | 'timeout' | 'internal-server-error' | null;
    status: number | null;
    says: string;
    simulated: true;
  };
  'client.request': { client: string; request: number; url: string; method: string };
  'discovery.started': { client: string; source: 'dhcp' | 'dns' | 'configured'; name: string };
  'discovery.finished': {
    client: string;
    source: 'dhcp' | 'dns' | 'configured';
    url: string | null;
    reason: string | null;
  };
  'pac.fetched': Download;
  /** The text of an accepted script as this client reads its bytes: what a capture holds, and what every client may see. */
  'pac.loaded': {
    client: string;
    url: string;
    /** Of the bytes, in hex. */
    sha256: string;
    charset: string;
    /** Characters in all, and the first 64 Ki of them. */
    length: number;
    text: string;
  };
  'pac.called': {
    client: string;
    request: number;
    helper: string;
    args: unknown[];
    result: unknown;
    line: number | null;
  };
  'pac.answered': {
    client: string;
    request: number;
    /** What the script was handed: not always what was requested. */
    url: string;
    host: string;
    answer: string | null;
    /** `typeof` what was returned, `null` for null; null when nothing was. */
    returned: string | null;
    routes: string[];
    failedOpen: boolean;
    /** How often the client ran the function for this request. */
    runs: number;
    /** Helper calls in all; at most 300 of them have an event of their own. */
    calls: number;
  };
  'pac.failed': {
    client: string;
    request: number;
    phase: string;
    name: string;
    message: string;
    line: number | null;
    column: number | null;
  };
  'client.routes': { client: string; request: number; routes: string[]; why: string };
  'client.attempt': { client: string; request: number; route: string; attempt: number };
  'client.attempt-finished': {
    client: string;
    request: number;
    route: string;
    attempt: number;
    conn: number | null;
    failure: string | null;
    detail: string | null;
    next: 'done' | 'next-route' | 'stop';
  };
  'client.finished': {
    client: string;
    request: number;
    url: string;
    route: string | null;
    status: number | null;
    error: ClientError | null;
  };
}
