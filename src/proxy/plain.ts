/** An exchange over node:http's own answer: requests in absolute-form, and those inside an intercepted tunnel. */
import { headOf, wantsClose } from './answer.ts';
import type { Leg, ProxyContext } from './context.ts';
import { writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { forward, keepBody } from './forward.ts';
import type { Message } from './forward.ts';
import { cleanReason, rawOf } from './headers.ts';
import type { ProxyRequest } from './request.ts';

export function plainExchange(context: ProxyContext, leg: Leg, request: ProxyRequest, message: Message): Exchange {
  const exchange: Exchange = {
    context,
    leg,
    request,
    forward: (shape) => forward(exchange, message, shape),
    open: () => Promise.resolve(undefined),
    body: () => keepBody(message),
    answer(answer) {
      const { response } = message;
      // The client may still send the body that nobody asked it for; nothing can follow on this connection.
      const final = answer.close === true || wantsClose(request) || message.expectsContinue;
      const head = headOf(answer, { final, tunnel: false });
      writeAnswered(exchange, head);
      response.sendDate = false;
      response.writeHead(head.status, cleanReason(head.reason), rawOf(head.headers));
      response.end(answer.body);
      return message.closed;
    },
  };
  return exchange;
}
