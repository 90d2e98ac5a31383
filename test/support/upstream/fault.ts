// What can go wrong with an upstream, on demand: statuses, pages that are no JSON, cut and silent streams.

/** One fault; it strikes the next request that generates. */
export type Fault =
  /** A plain answer instead of the model's; an object is sent as JSON, a string as it is. */
  | {
      readonly type: 'answer'
      readonly status: number
      readonly body: string | object
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The stream ends, as if it were whole, after that many events. */
  | { readonly type: 'truncate'; readonly afterEvents: number }
  /** The connection is reset: before the headers, or after that many events. */
  | { readonly type: 'reset'; readonly afterEvents: number | 'before-headers' }
  /** Nothing is sent for that long: before the headers, or after that many events; then all goes on. */
  | {
      readonly type: 'silence'
      readonly milliseconds: number
      readonly afterEvents: number | 'before-headers'
    }
  /** That long a pause before each event. */
  | { readonly type: 'slow'; readonly milliseconds: number }

/** What proxies in between answer with when the server behind them is gone. */
export const HTML_PAGE: Fault = {
  type: 'answer',
  status: 502,
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n',
  headers: { 'content-type': 'text/html' },
}
