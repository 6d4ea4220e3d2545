/** Does something a moment after it was asked for, once for all who ask meanwhile. */
export function later(ms: number, act: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      act();
    }, ms);
  };
}
