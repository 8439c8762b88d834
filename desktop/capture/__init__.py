"""Where frames come from: cameras, video files, pictures, streams and the demo classroom."""
