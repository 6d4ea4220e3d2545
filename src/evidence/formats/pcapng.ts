/** pcapng (draft-ietf-opsawg-pcapng): several sections, each in a byte order of its own, and several interfaces. */
import type { Format } from '../format.ts';
import { longestPacket } from '../packet.ts';
import type { Sink } from '../packet.ts';
import type { Source } from '../source.ts';

const types = { section: 0x0a0d0d0a, interface: 1, oldPacket: 2, simplePacket: 3, packet: 6, secrets: 10 } as const;
const byteOrderMagic = 0x1a2b3c4d;
const tlsKeyLog = 0x544c534b;
const longestBlock = 4 * longestPacket;
/** Of one section. */
const mostInterfaces = 4096;

interface Interface {
  link: number;
  /** Bytes kept of a packet; 0 for all. */
  snap: number;
  perSecond: number;
  /** Seconds to add to every time. */
  offset: number;
}

interface State {
  source: Source;
  sink: Sink;
  little: boolean;
  interfaces: Interface[];
  frame: number;
  /** Of the latest packet, for those without a time. */
  time: number;
}

interface Block {
  type: number;
  body: Buffer;
  /** Offset in the file. */
  at: number;
}

const isPcapng = (head: Buffer): boolean => head.length >= 4 && head.readUInt32BE(0) === types.section;

/** Reads to the end; gives the number of frames. Throws InputError where the file does not hold what it says. */
async function readPcapng(source: Source, sink: Sink): Promise<number> {
  const state: State = { source, sink, little: true, interfaces: [], frame: 0, time: 0 };
  while (source.has(1) || (await source.fill(1))) handle(await nextBlock(state), state);
  return state.frame;
}

const u16 = ({ little }: State, bytes: Buffer, at: number): number =>
  little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
const u32 = ({ little }: State, bytes: Buffer, at: number): number =>
  little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);

async function nextBlock(state: State): Promise<Block> {
  const { source } = state;
  const at = source.offset;
  if (!source.has(12) && !(await source.fill(12)))
    throw source.broken('the file ends within the header of a block', at);
  const head = source.peek(12);
  const first = head.readUInt32BE(0);
  if (first === types.section) {
    const little = head.readUInt32LE(8) === byteOrderMagic;
    if (!little && head.readUInt32BE(8) !== byteOrderMagic)
      throw source.broken('a section begins without the mark of its byte order', at);
    state.little = little;
  }
  const type = u32(state, head, 0);
  const length = u32(state, head, 4);
  if (length < 12 || length % 4 !== 0) throw source.broken(`a block says that it is ${length} bytes long`, at);
  if (length > longestBlock) throw source.broken(`a block says that it is ${length} bytes long; no packet is`, at);
  const whole = source.has(length) ? source.take(length) : await source.need(length, `a block that begins at ${at}`);
  const again = u32(state, whole, length - 4);
  if (again !== length) throw source.broken(`a block says ${length} bytes at its begin and ${again} at its end`, at);
  return { type, body: whole.subarray(8, length - 4), at };
}

function handle(block: Block, state: State): void {
  switch (block.type) {
    case types.section:
      state.interfaces = [];
      sectionSays(block, state);
      return;
    case types.interface:
      addInterface(block, state);
      return;
    case types.packet:
      need(block, state, 20);
      emit(block, state, u32(state, block.body, 0), 20);
      return;
    case types.oldPacket:
      need(block, state, 20);
      emit(block, state, u16(state, block.body, 0), 20);
      return;
    case types.simplePacket:
      simplePacket(block, state);
      return;
    case types.secrets:
      secrets(block, state);
      return;
    default:
  }
}

function need({ body, at }: Block, { source }: State, length: number): void {
  if (body.length < length) throw source.broken('a block is too short for what it holds', at);
}

function addInterface(block: Block, state: State): void {
  need(block, state, 8);
  const { body, at } = block;
  if (state.interfaces.length === mostInterfaces)
    throw state.source.broken(`a section has more than ${mostInterfaces} interfaces; no machine has`, at);
  const made: Interface = { link: u16(state, body, 0), snap: u32(state, body, 4), perSecond: 1e6, offset: 0 };
  for (const { code, value } of optionsIn(body, 8, state)) {
    const resolution = value[0];
    if (code === 9 && resolution !== undefined)
      made.perSecond = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
    // A filter of pcap as text; byte code, and filters of other kinds, have other first bytes.
    if (code === 11 && value[0] === 0) state.sink.about({ captureFilter: textOf(value.subarray(1)) });
    if (code === 14 && value.length >= 8)
      made.offset = Number(state.little ? value.readBigInt64LE(0) : value.readBigInt64BE(0));
  }
  state.interfaces.push(made);
}

/** The application that wrote it. */
function sectionSays({ body }: Block, state: State): void {
  state.sink.about({ format: 'pcapng' });
  for (const { code, value } of optionsIn(body, 16, state)) {
    if (code === 4) state.sink.about({ tool: textOf(value) });
  }
}

/** Some writers end their texts with NUL. */
const textOf = (value: Buffer): string => value.toString('utf8').replace(/\0[\s\S]*$/, '');

function* optionsIn(body: Buffer, from: number, state: State): Generator<{ code: number; value: Buffer }> {
  for (let at = from; at + 4 <= body.length;) {
    const code = u16(state, body, at);
    const length = u16(state, body, at + 2);
    if (code === 0) return;
    yield { code, value: body.subarray(at + 4, at + 4 + length) };
    at += 4 + length + (-length & 3);
  }
}

function emit(block: Block, state: State, index: number, header: number): void {
  const { body, at } = block;
  const { source } = state;
  const frame = (state.frame += 1);
  const from = state.interfaces[index];
  if (!from)
    throw source.broken(`frame ${frame} names interface ${index}, and the section has none of that number`, at);
  const kept = u32(state, body, 12);
  if (header + kept > body.length)
    throw source.broken(`frame ${frame} says that it has ${kept} bytes, and its block has ${body.length - header}`, at);
  const units = u32(state, body, 4) * 2 ** 32 + u32(state, body, 8);
  state.time = (units / from.perSecond + from.offset) * 1000;
  const length = Math.max(kept, u32(state, body, 16));
  state.sink.packet({ frame, at: state.time, link: from.link, bytes: body.subarray(header, header + kept), length });
}

function simplePacket(block: Block, state: State): void {
  need(block, state, 4);
  const { body, at } = block;
  const frame = (state.frame += 1);
  const [from] = state.interfaces;
  if (!from) throw state.source.broken(`frame ${frame} stands before any interface`, at);
  const length = u32(state, body, 0);
  const kept = Math.min(length, from.snap === 0 ? Infinity : from.snap);
  if (4 + kept > body.length)
    throw state.source.broken(
      `frame ${frame} says that it has ${kept} bytes, and its block has ${body.length - 4}`,
      at,
    );
  state.sink.packet({ frame, at: state.time, link: from.link, bytes: body.subarray(4, 4 + kept), length });
}

function secrets(block: Block, state: State): void {
  need(block, state, 8);
  const { body, at } = block;
  const length = u32(state, body, 4);
  if (8 + length > body.length)
    throw state.source.broken(`secrets say that they have ${length} bytes, and their block has ${body.length - 8}`, at);
  if (u32(state, body, 0) === tlsKeyLog) state.sink.secrets(body.toString('latin1', 8, 8 + length));
}

export const pcapng: Format = {
  name: 'pcapng',
  summary: 'pcapng capture',
  unit: 'frames',
  fits: isPcapng,
  read: (source, { capture }) => readPcapng(source, capture),
};
