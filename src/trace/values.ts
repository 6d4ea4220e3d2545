/** What several event types hold. */
import type { SourcePlace } from '../failure.ts';

export type HeaderList = [name: string, value: string][];

/** A certificate as people read it in a viewer, and nothing random of it. A type, since data of events are read by field name. */
export type ChainedCertificate = {
  /** `CN=public-ca, O=paclab` */
  subject: string;
  issuer: string;
  /** Subject alternative names: hosts and addresses. */
  names: string[];
  /** ISO times. */
  notBefore: string;
  notAfter: string;
  /** `RSA 2048`, `EC P-256`; absent in traces of earlier versions. */
  key?: string;
};

/** What one end of a TLS handshake saw of the other's certificates: the leaf, and behind it the rest as it was sent. */
export interface CertificateView extends ChainedCertificate {
  /** How many certificates the peer sent. */
  chain: number;
  /** Those that were sent along with the leaf, in their order; absent in traces of earlier versions. */
  along?: ChainedCertificate[];
}

/** A client's own words for a failure: exception and status of .NET, net error of Chromium, exit code of curl. */
export interface ClientError {
  name: string;
  text: string;
  number?: number;
  /** The exception inside, where the client has one. */
  inner?: string;
  /** One of `src/failure.ts`. */
  cause: string;
}

/** Where a setting was read. */
export type SettingOrigin = SourcePlace;

/** One GET for a proxy script, as the client judged it. A type, since data of events are read by field name. */
export type Download = {
  client: string;
  url: string;
  /** Null when no connection stood. */
  conn: number | null;
  status: number | null;
  bytes: number;
  /** The first 16 bytes of the body, in hex: byte order mark, `<html`, `function`. */
  begins: string;
  type: string | null;
  accepted: boolean;
  /** One of `src/failure.ts`; null when accepted, or when a redirect was followed. */
  failure: string | null;
  reason: string | null;
};

/** Stands for the scheme of a challenge where a log has the status and not the header. */
export const unloggedScheme = 'a scheme that the log does not name';
