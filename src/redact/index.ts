/** The door of the room: texts and events of a customer in, the same without what names him out. */
export { redactEvents } from './events.ts';
export { redactEnvironment, redactNetsh } from './lines.ts';
export { redactMarkup } from './markup.ts';
export { Redactor } from './redactor.ts';
export { redactRegistry } from './registry.ts';
export { redactFinding, redactTold } from './told.ts';
export { gatherFragments, redactScript } from './script.ts';
