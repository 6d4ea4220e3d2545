/** Every browser that can play a client. One file and one line to add one. */
import type { Browser } from '../browser.ts';
import { chromium } from './chromium.ts';
import { firefox } from './firefox.ts';

export const browsers: readonly Browser[] = [chromium, firefox];
