/** The door of the room: events in, findings out; and the rules by their ids. */
export { diagnose } from './diagnose.ts';
export type { Rule } from './rule.ts';
export { rules } from './rules.ts';
export { ownSentences } from './sentences.ts';
export { whyNot } from './why-not.ts';
export type { WhyNot } from './why-not.ts';
export { twoQuestions } from './two-questions.ts';
export type { Answered } from './two-questions.ts';
