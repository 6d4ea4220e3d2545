/**
 * The door of the room: what a customer sends becomes layers of settings with their places, and each chooser says
 * which proxy it would use and why. Text in, values out; files are read by the caller.
 */
export type { AutomaticChoice, Choice, Chooser, Destination, FailedChoice, FixedChoice } from './choice.ts';
export { chooserFor, choosers } from './choosers/index.ts';
export { parseExeConfig } from './exe-config.ts';
export { importFile } from './imports.ts';
export type { Imported, SettingsFile } from './imports.ts';
export type { ClientSettings, Mark, Reason, Setting } from './layers.ts';
export { settingLines } from './lines.ts';
export { clientSettings } from './merge.ts';
export type { Reader } from './merge.ts';
export { settingsFiles, settingsSpec } from './spec.ts';
export type { SettingsSpec } from './spec.ts';
