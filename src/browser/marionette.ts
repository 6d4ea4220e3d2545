/**
 * Firefox's remote control: `length:[0,id,command,parameters]` over TCP, on a loopback address of the machine that only
 * its own programs reach; so a shell on that machine carries the bytes.
 */
import { LabError } from '../failure.ts';
import { within } from './limit.ts';
import type { Machine } from './machine.ts';
import type { Running } from './program.ts';

export interface Marionette extends AsyncDisposable {
  send(command: string, parameters?: object): Promise<unknown>;
  /** Runs the body of an async function with Firefox's own privileges; gives what it returns. */
  chrome(body: string, ...args: readonly unknown[]): Promise<unknown>;
}

const carry = 'exec 3<>/dev/tcp/127.0.0.1/$0 || exit 1; cat <&3 & exec cat >&3';
const patience = 180_000;

export async function marionette(machine: Machine, port: number): Promise<Marionette> {
  const carrier = machine.start(['bash', '-c', carry, String(port)]);
  const waiting = new Map<number, (reply: Reply) => void>();
  let greeted = (): void => undefined;
  const hello = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  readMessages(carrier, (message) => {
    if (!Array.isArray(message)) greeted();
    else waiting.get(Number(message[1]))?.({ error: message[2] as Reply['error'], value: message[3] });
  });
  const gone = carrier.ended.then(() => {
    throw new LabError('the browser has hung up');
  });
  gone.catch(() => undefined);
  let last = 0;
  const send = async (command: string, parameters: object = {}): Promise<unknown> => {
    const id = ++last;
    const reply = new Promise<Reply>((resolve) => {
      waiting.set(id, resolve);
    });
    const text = JSON.stringify([0, id, command, parameters]);
    carrier.child.stdin?.write(`${Buffer.byteLength(text)}:${text}`);
    const { error, value } = await within(patience, command, Promise.race([reply, gone]));
    waiting.delete(id);
    // A prompt that opens ends the script that happens to run; who looks after prompts will see to it.
    if (error?.message.includes('dialog detected')) return null;
    if (error) throw new LabError(`${command}: ${error.message}`);
    return value;
  };
  await within(10_000, 'the greeting of Firefox', Promise.race([hello, gone]));
  const timeouts = { script: patience, pageLoad: patience };
  await send('WebDriver:NewSession', { timeouts, unhandledPromptBehavior: 'ignore' });
  await send('Marionette:SetContext', { value: 'chrome' });
  return {
    send,
    async chrome(body, ...args) {
      const script = `const args = [...arguments]; const done = args.pop();
        (async () => { ${body} })().then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`;
      const reply = await send('WebDriver:ExecuteAsyncScript', { script, args, newSandbox: false });
      const { value, error } = (reply as { value: { value?: unknown; error?: string } | null } | null)?.value ?? {};
      if (error !== undefined) throw new LabError(`in the browser: ${error}`);
      return value;
    },
    [Symbol.asyncDispose]: () => carrier[Symbol.asyncDispose](),
  };
}

interface Reply {
  error: { message: string } | null;
  value: unknown;
}

function readMessages({ child }: Running, take: (message: unknown) => void): void {
  let held = Buffer.of();
  child.stdout?.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let colon = held.indexOf(58); colon >= 0; colon = held.indexOf(58)) {
      const end = colon + 1 + Number(held.subarray(0, colon).toString());
      if (held.length < end) return;
      const message: unknown = JSON.parse(held.subarray(colon + 1, end).toString());
      held = held.subarray(end);
      take(message);
    }
  });
}
