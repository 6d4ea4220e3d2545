/** The date in the lab, second by second. A lab for programs keeps the pace of the machine. */
export class Clock {
  readonly #element: HTMLElement;
  /** Milliseconds between this machine's date and the lab's. */
  #ahead = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
    setInterval(() => this.#show(), 1000);
  }

  /** `date` is the lab's, now, as ISO text. */
  set(date: string): void {
    this.#ahead = Date.parse(date) - Date.now();
    this.#show();
  }

  #show(): void {
    const text = new Date(Date.now() + this.#ahead).toISOString();
    this.#element.textContent = `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
  }
}
