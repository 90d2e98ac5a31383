// What holds as long as something else does is made of it once: settings of a configuration, rules of a profile.

/** `make`, asked once for each object; what it made goes when the object does. */
export function onceForEach<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>()
  return (key) => {
    const before = made.get(key)
    if (before !== undefined) return before.value
    const value = make(key)
    made.set(key, { value })
    return value
  }
}
