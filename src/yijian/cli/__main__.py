from yijian.cli import main

main()
