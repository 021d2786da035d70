"""Java, read for the annotations and builders with which its SDKs and frameworks register tools."""
