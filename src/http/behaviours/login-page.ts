import { z } from 'zod';

import { hostBehaviour } from '../behaviour.ts';

const page = (title: string): string => `<!DOCTYPE html>
<html lang="en"><head><title>${title}</title></head>
<body><h1>${title}</h1><form method="post" action="/login"><input name="user"><input name="password" type="password">
<button>Continue</button></form></body></html>
`;

export const loginPage = hostBehaviour({
  summary: 'Answers everything with 200 and a page to sign in at, as a captive portal does.',
  options: z.strictObject({
    kind: z.literal('login-page'),
    title: z.string().default('Welcome to the guest network').describe('may hold words that a client looks for'),
  }),
  answer: (_context, { title }) => ({
    reply: { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body: Buffer.from(page(title)) },
  }),
  explain: () => 'answers with a sign-in page',
});
