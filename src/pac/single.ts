/** A side door of the room for one script and few URLs: `index.ts` has more, and what it has takes time to load. */
export { missingIn } from './missing.ts';
export { Pac } from './pac.ts';
export { profileNames } from './profile.ts';
