"""PHP, read for the attributes, classes and calls with which its SDKs and frameworks register tools."""
