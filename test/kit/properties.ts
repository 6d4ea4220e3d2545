/** fast-check with one seed: a build that fails must fail again. `PACLAB_SEED` takes another one for a walk elsewhere. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PACLAB_SEED'] ?? 20_260_302) });

export { fc };
