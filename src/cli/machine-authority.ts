/** An authority of this machine by its name; made when it is first asked for. */
import type { Authority } from '../net/certificates.ts';
import { authorityStore } from './place.ts';
import type { Tools } from './tools.ts';
import { misused } from './usage.ts';

export async function machineAuthority(name: string, { env }: Tools): Promise<Authority> {
  if (!/^[\w-][\w.-]*$/.test(name)) throw misused(`'${name}' is no name of an authority`, 'such as public-ca');
  const { keptAuthorities } = await import('../net/certificates.ts');
  return keptAuthorities(authorityStore(env))(name);
}
