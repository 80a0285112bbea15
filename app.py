"""The way in: the ASGI app with Streamlit's pages and the API."""

from labeling.web.launch import build_app

app = build_app()

if __name__ == "__main__":
    from labeling.commands.main import main

    main(["serve"])
