// Files that come with the program beside its code: templates, the built threads. Law: every module, whether a source, compiled alone
// or bundled, lies two folders below the package's root, so that one way up serves all of them.

/** The URL of a file of the package, by its path from the package's root (`templates/config.yml`). */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url)
}
