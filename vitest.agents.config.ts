import { defineConfig } from 'vitest/config'

// The real command-line agents, driven through the hub. Slow on purpose: one file at a time.
export default defineConfig({
  test: {
    include: ['test/agents/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts', 'test/agents/bench/install.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
