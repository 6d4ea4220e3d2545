/**
 * The door of the room: what a customer sends becomes layers of settings with their places, and each chooser says
 * which proxy it would use and why. Text in, values out; files are read by the caller.
 */
export { switchedOff } from './auth-schemes.ts';
export type { Choice } from './choice.ts';
export { chooserFor, chooserOn, choosers } from './choosers/index.ts';
export type { SettingsFile } from './imports.ts';
export type { ClientSettings } from './layers.ts';
export { settingLines } from './lines.ts';
export { clientSettings } from './merge.ts';
export type { Reader } from './merge.ts';
export { settingsFiles, settingsSpec } from './spec.ts';
export type { SettingsSpec } from './spec.ts';
export { survey } from './survey.ts';
export type { Answer, Survey } from './survey.ts';
