/** Files with settings that the program never looks at, and what it does without them. */
import { sayAttempts } from './candidates.ts';
import { bySetting, hasFailed, needing, isFramework, nameOf, ownSection, voided } from './programs.ts';
import type { Program, Setting } from './programs.ts';

/** `overriddenBy` says why the file stays unread, and `because` completes "the file …". */
export const unreadFiles = (says: string, overriddenBy: RegExp, because: string) =>
  bySetting(
    says,
    needing('a file of settings that the program does not read', (program) => unreadBy(program, overriddenBy)),
    (program) => {
      if (!isFramework(program) || ownSection(program).length > 0) return [];
      return unreadBy(program, overriddenBy).flatMap((setting) => {
        const requests = program.requests.filter(hasFailed);
        const [first] = requests;
        if (!first) return [];
        return [
          {
            settings: [setting],
            requests,
            about: setting.data.value,
            why:
              `${setting.data.value} ${because}, and ${nameOf(program)} does not read it: for ${first.target.host} ` +
              `${first.attempts.length > 0 ? sayAttempts(first.attempts) : 'it had no route'}.`,
          },
        ];
      });
    },
  );

const unreadBy = (program: Program, overriddenBy: RegExp): Setting[] =>
  voided(program, overriddenBy).filter(({ data }) => data.name === 'file');
