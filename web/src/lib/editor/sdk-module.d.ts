declare module 'virtual:sdk-reference' {
  import type { SdkEntry } from '#lib/editor/sdk-reference.ts';

  /** What `readSdk` finds in `compute/assembly`, as it stands when the dashboard is built. */
  const sdk: readonly SdkEntry[];
  export default sdk;
}
