/** Which build of the connector runs on a machine: as it is said, else as the names of its files and keys tell. */
import type { Imported } from './imports.ts';
import type { Reason, RegistryValue } from './layers.ts';
import type { Product } from './spec.ts';

export interface Build {
  product: Product;
  /** What tells it; null when it was said. */
  because: string | null;
  /** There is something of the other name, too. */
  both: boolean;
}

/** The newer name counts where both are there: a renamed program leaves its old files behind (inferred). */
export function buildOf(imported: readonly Imported[], said: Product | undefined): Build | undefined {
  const signs = signsIn(imported);
  const both = new Set(signs.map(({ product }) => product)).size > 1;
  if (said) return { product: said, because: null, both };
  const files = signs.filter(({ of }) => of === 'file');
  const telling = files.length > 0 ? files : signs;
  const sign = telling.find(({ product }) => product === 'entra-private-network') ?? telling[0];
  return sign && { product: sign.product, because: sign.because, both };
}

interface Sign {
  product: Product;
  of: 'file' | 'key';
  because: string;
}

const signsIn = (imported: readonly Imported[]): Sign[] =>
  imported.flatMap((file): Sign[] => {
    if (file.role === 'registry')
      return file.registry.backendFlags.map((flag) => ({
        product: productOfKey(flag),
        of: 'key',
        because: `the value stands under ${flag.key ?? ''}`,
      }));
    if ((file.role !== 'service-config' && file.role !== 'updater-config') || file.product === null) return [];
    return [{ product: file.product, of: 'file', because: `there is ${baseOf(file.config.file ?? '')}` }];
  });

/** Under which product's key the value stands. */
export const productOfKey = ({ key }: RegistryValue): Product =>
  /azure ad app proxy/i.test(key ?? '') ? 'azure-ad-app-proxy' : 'entra-private-network';

const baseOf = (file: string): string => /[^/\\]*$/.exec(file)?.[0] ?? file;

/** How sure it is that the other product's files are not read. */
export const markOf = ({ because }: Build): Reason['mark'] => (because === null ? 'documented' : 'inferred');

/** The beginning of a sentence about what this build does not read. */
export const sayBuild = ({ product, because }: Build): string =>
  because === null ? `this build is ${product}` : `this build is taken to be ${product}, because ${because},`;
