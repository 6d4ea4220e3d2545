/**
 * “Azure IP Ranges and Service Tags”: a file for each cloud that is published anew every week, as JSON. Its form and the
 * tags AzureCloud and ServiceBus are the published ones; the addresses are the lab's, and so is the path, since the real
 * file has a new name every week.
 */
type Cloud = 'Public' | 'AzureGovernment';

export const rangeFilePath = (cloud: Cloud): string => `/download/ServiceTags_${cloud}.json`;

/** From which week on (0: the lab's first) an address is on the list, by tag. */
const listed: Record<Cloud, Record<string, readonly (readonly [week: number, prefix: string])[]>> = {
  Public: {
    AzureCloud: [
      [0, '203.0.113.10/32'],
      [1, '203.0.113.11/32'],
      [0, '203.0.113.12/32'],
      [0, '203.0.113.20/32'],
      [2, '203.0.113.21/32'],
      [0, '203.0.113.22/32'],
      [0, '203.0.113.50/32'],
    ],
    ServiceBus: [
      [0, '203.0.113.20/32'],
      [2, '203.0.113.21/32'],
      [0, '203.0.113.22/32'],
    ],
  },
  AzureGovernment: { AzureCloud: [[0, '198.51.100.0/24']] },
};

/** The number of the first week's file. */
const firstChange = 301;

export function rangeFile(cloud: Cloud, week: number): string {
  const changeNumber = firstChange + week;
  const values = Object.entries(listed[cloud]).map(([name, prefixes]) => ({
    name,
    id: name,
    properties: {
      changeNumber,
      region: '',
      regionId: 0,
      platform: 'Azure',
      systemService: name === 'AzureCloud' ? '' : `Azure${name}`,
      addressPrefixes: prefixes.flatMap(([since, prefix]) => (since <= week ? [prefix] : [])),
      networkFeatures: [],
    },
  }));
  return `${JSON.stringify({ changeNumber, cloud, values }, null, 2)}\n`;
}

/** Weeks after which something on the lists has changed. */
export const rangeWeeks = [1, 2] as const;
