/** Host globs as proxies and firewalls write them: `*` matches any run of characters, dots included; case does not count. */
const cache = new Map<string, RegExp>();

export function globPattern(glob: string): RegExp {
  let pattern = cache.get(glob);
  if (!pattern) {
    const source = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
    pattern = new RegExp(`^${source}$`, 'i');
    cache.set(glob, pattern);
  }
  return pattern;
}
