/** From what the files say to a scenario that can run. */
import { presets } from '../../scenario/presets/index.ts';
import type { Gathered } from '../sent.ts';
import { writeCaptures } from './captures.ts';
import { writeClients } from './clients.ts';
import { writeDestinations } from './destinations.ts';
import { writeDhcp } from './dhcp.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { writeFirewall } from './firewall.ts';
import { writeNames } from './names.ts';
import { writeProxies } from './proxies.ts';
import { writeScript } from './script.ts';
import { Story } from './story.ts';

const preset = new Set(Object.keys(presets.entra.hosts));

export interface Built {
  story: Story;
  facts: Facts;
}

/** `folder` is the one beside the scenario where the copies go. */
export function buildStory(gathered: Gathered, { id, folder }: { id: string; folder: string }): Built {
  const facts = factsOf(gathered);
  const story = new Story();
  story.set(['version'], 1);
  story.set(['id'], id);
  story.set(['name'], 'What the files of a customer show');
  story.set(['tags'], ['imported']);
  story.set(['lab', 'extends'], 'entra');
  if (gathered.began !== null) {
    story.set(['lab', 'clock', 'start'], new Date(gathered.began).toISOString());
    story.assume('clocks are UTC: no file names the time zone');
  }
  writeNames(story, facts, preset);
  writeDhcp(story, gathered);
  writeScript(story, facts, folder);
  writeDestinations(story, facts, preset);
  const proxies = writeProxies(story, facts);
  writeFirewall(story, facts, proxies);
  writeClients(story, facts, folder);
  writeCaptures(story, gathered);
  return { story, facts };
}
