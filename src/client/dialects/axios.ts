import type { ClientError } from '../../trace/events.ts';
import type { Dialect, Trouble } from '../dialect.ts';
import { node } from './node.ts';

export const axios: Dialect = {
  ...node,
  name: 'axios',
  summary: 'A Node program with axios of before it spoke CONNECT: https goes to the proxy in absolute form.',
  basis: 'Issues 5256 and 6517 of axios; its http adapter and settle (source). Everything below it is Node.',
  open: { headers: 'Which fields of its own it sends: here those of Node.' },
  pac: null,
  connect: { ...node.connect, refusalIsAnswer: false, absoluteHttps: true },
  request: { ...node.request, statusIsError: true },
  error: (trouble) =>
    trouble.status === undefined ? node.error(trouble) : { ...refused(trouble), cause: trouble.code },
};

const refused = ({ status = 0 }: Trouble): Omit<ClientError, 'cause'> => ({
  name: status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE',
  text: `Request failed with status code ${status}`,
});
