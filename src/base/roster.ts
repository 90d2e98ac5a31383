// Who is there now, for things that come and go with every request. Law: what has left is held by nobody here.
// A Map or Set does not keep that law: V8 makes it a new table after some dozens of changes, and the old one, dead but not yet
// collected, still points to what stood in it and to its successor. Once one of them is old, every later one survives as well,
// and all requests with them (docs/performance.md).

/** A place in the roster, and who left it. */
export type Seat<Value> = { value: Value | undefined; at: number }

export class Roster<Value> implements Iterable<Value> {
  private readonly seats: Seat<Value>[] = []

  get size(): number {
    return this.seats.length
  }

  enter(value: Value): Seat<Value> {
    const seat = { value, at: this.seats.length }
    this.seats.push(seat)
    return seat
  }

  /** Gives false when he had left before. The last takes the place that became free, so the order is not kept. */
  leave(seat: Seat<Value>): boolean {
    if (seat.value === undefined) return false
    seat.value = undefined
    const last = this.seats.pop()
    if (last === undefined || last === seat) return true
    this.seats[seat.at] = last
    last.at = seat.at
    return true
  }

  /** Of all who are there when it begins; who leaves meanwhile is passed over. */
  *[Symbol.iterator](): Generator<Value, undefined> {
    for (const { value } of [...this.seats]) if (value !== undefined) yield value
  }
}
