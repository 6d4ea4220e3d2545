/** Reads what the file holds: base64 of raw deflate, in elements that no browser runs. */
import { captureElement, runElement } from '../packed.ts';
import type { Index, Packed } from '../packed.ts';
import { byId } from './dom.ts';

export const indexOfFile = (): Index => JSON.parse(byId('index').textContent ?? '') as Index;

export const unpackRun = async (index: number): Promise<Packed> =>
  JSON.parse(await new Response(inflated(runElement(index))).text()) as Packed;

export const unpackCapture = (index: number): Promise<Blob> => new Response(inflated(captureElement(index))).blob();

function inflated(id: string): ReadableStream<Uint8Array> {
  const binary = atob(byId(id).textContent ?? '');
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
}

/** Hands a file to whoever looks at the page. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
