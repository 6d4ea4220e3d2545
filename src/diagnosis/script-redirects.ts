/** Redirects that a client met on the way to its script. */
import type { View } from '../trace/view.ts';
import { downloadsOf } from './downloads.ts';
import type { Download } from './downloads.ts';

const statuses = new Set([301, 302, 303, 307, 308]);

export const isRedirect = ({ fetched }: Download): boolean => statuses.has(fetched.data.status ?? 0);

/** The redirects that one search of a client met, from the first to the last, this one among them. */
function chainOf(view: View, download: Download): readonly Download[] {
  const own = downloadsOf(view).filter(({ fetched }) => fetched.data.client === download.fetched.data.client);
  const at = own.indexOf(download);
  const before = own.slice(0, at).findLastIndex((one) => !isFollowed(one));
  const after = own.findIndex((one, index) => index >= at && !isFollowed(one));
  return own.slice(before + 1, after < 0 ? own.length : after + 1).filter(isRedirect);
}

const isFollowed = (download: Download): boolean => isRedirect(download) && download.fetched.data.failure === null;

/** The chain asks for one URL twice, and ends without a script. */
export const redirectsInCircle = (view: View, download: Download): boolean => {
  const chain = chainOf(view, download);
  return (
    new Set(chain.map(({ fetched }) => fetched.data.url)).size < chain.length &&
    chain.at(-1)?.fetched.data.failure !== null
  );
};

/** The last redirect of every chain that goes in a circle, with all of it. */
export const circlesOf = (view: View): { last: Download; chain: readonly Download[] }[] =>
  downloadsOf(view)
    .filter((one) => isRedirect(one) && !isFollowed(one) && redirectsInCircle(view, one))
    .map((last) => ({ last, chain: chainOf(view, last) }));
