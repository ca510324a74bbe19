declare module 'virtual:sdk-reference' {
  /** What `readSdk` finds in `compute/assembly`, as it stands when the dashboard is built. */
  const sdk: readonly import('./sdk-reference.ts').SdkEntry[];
  export default sdk;
}
