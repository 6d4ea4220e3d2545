import type { Phase, PhaseResult, Stage } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** Without a configuration there is nothing to do. */
export const bootstrap: Phase<ConnectorOptions> = {
  name: 'bootstrap',
  basis: 'documented',
  summary: 'The connector downloads its configuration from *.msappproxy.net and shows its certificate.',
  says: ({ bootstrap }) => `downloads its configuration from ${bootstrap}`,
  retry: ({ retryEvery }) => retryEvery,
  run: async (stage, options) => {
    if (options.version !== undefined) stage.tellVersion(options.version, null);
    return download(stage, options);
  },
};

export const refresh: Phase<ConnectorOptions> = {
  name: 'refresh',
  basis: 'documented',
  summary: 'The configuration is downloaded again every few minutes. The number of minutes is not documented.',
  says: ({ bootstrap }) => `refreshes its configuration from ${bootstrap}`,
  every: ({ refreshEvery }) => refreshEvery,
  optional: true,
  run: download,
};

async function download({ client }: Stage, options: ConnectorOptions): Promise<PhaseResult> {
  const { error, status } = await client.request(options.bootstrap, {});
  if (error) return { ok: false, says: `failed to download the configuration: ${error.text}` };
  return { ok: true, says: `configuration downloaded, status ${String(status)}` };
}
