/** Callers of WinHTTP beside a .NET program of the same machine that has a proxy, and what the first miss. */
import { isPrivateAddress } from '../trace/dials.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { counting, isFramework, isShutOut, isWinHttp, programsOf, sameMachine } from './programs.ts';
import type { Program, Setting } from './programs.ts';
import { useOf } from './service-hosts.ts';

/** A .NET program that goes by its proxyaddress. */
export interface Carried {
  program: Program;
  address: Setting;
  /** One that got through, where there is one. */
  request: Request;
}

export const proxiedBeside = (view: View, program: Program, layer?: string): Carried[] =>
  programsOf(view)
    .filter((other) => isFramework(other) && sameMachine(other, program))
    .flatMap((other) => {
      const [address] = counting(other, 'proxy.proxyaddress', layer);
      const proxied = other.requests.filter(({ attempts }) => attempts.at(-1)?.proxy != null);
      const request = proxied.find(({ ok }) => ok) ?? proxied[0];
      return address && request ? [{ program: other, address, request }] : [];
    });

/** The same, where the proxy lets something through. */
export const carriedBeside = (view: View, program: Program, layer?: string): Carried[] =>
  proxiedBeside(view, program, layer).filter(({ request }) => request.ok);

export const shownBy = ({ request, address }: Carried): number[] => seqs(address, request.routes, request.finished);

/** Requests of a caller of WinHTTP that had no proxy and got nowhere. */
export const strandedOf = (program: Program): Request[] =>
  isWinHttp(program) ? program.requests.filter(isShutOut) : [];

export const isCheck = ({ target }: Request): boolean => useOf(target.host, target.port) === 'certificates';

/** Nobody of this machine reached a public address directly. */
export const isClosed = (view: View, program: Program): boolean =>
  programsOf(view)
    .filter((other) => sameMachine(other, program))
    .every(({ client }) => requestsOf(view).every((request) => request.client !== client || !wentOut(request)));

const wentOut = ({ ok, attempts }: Request): boolean => {
  const last = attempts.at(-1);
  return ok && last?.route === 'DIRECT' && last.dials.some(({ to }) => !isPrivateAddress(to.ip));
};

/** Whether the caller has a proxy of its own, of the kinds that WinHTTP reads. */
export const hasOwnProxy = (program: Program): boolean =>
  ['winhttp.Proxy', 'winhttp.AutoconfigUrl', 'ProxyServer'].some((name) => counting(program, name).length > 0);
