/** How captures are filtered, in the words of the tools. */

/** The filter of the connector's own troubleshooting guide. */
export const inMessageAnalyzer =
  '(Message Analyzer: `(https.Request or https.Response) and tcp.port==8080`, with the port of your proxy)';

/** Requests for tunnels and the answers with one status. */
export const connectFilter = (status: number): string =>
  `\`http.request.method=="CONNECT" || http.response.code==${status}\` ${inMessageAnalyzer}`;
